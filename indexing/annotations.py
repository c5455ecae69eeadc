"""The annotators of a corpus: chosen, fitted, run over its parts, and described in its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from corpuscope.errors import CorpuscopeError
from corpuscope.fields import RESERVED, Field
from corpuscope.manifest import Manifest, Part
from indexing.annotate import AnnotatedPart, Job, fit
from indexing.annotators import ANNOTATORS, Settings, by_name, select
from indexing.parts import AnnotateTask, make_annotations
from indexing.progress import Progress
from indexing.workers import run_tasks


def annotation_jobs(
    folder: Path, old: Manifest, parts: Sequence[Part], names: Sequence[str], tokenizer: str | None
) -> tuple[Job, ...]:
    """The annotators of new parts: those of the corpus as they are where it has them, else the named ones."""
    if old.annotators:
        return _in_order({name: run["settings"] for name, run in old.annotators.items()})
    return fit_jobs(folder, parts, names, {"tokenizer": tokenizer} if tokenizer else {}, {})


def fit_jobs(
    folder: Path,
    parts: Sequence[Part],
    names: Sequence[str],
    options: Mapping[str, Any],
    fitted: Mapping[str, Settings],
) -> tuple[Job, ...]:
    """The named annotators and those they need, each with settings; `fitted` ones keep theirs."""
    documents = [folder / p.documents.path for p in parts]
    settings: dict[str, Settings] = dict(fitted)
    chosen = select(names)
    for annotator in chosen:
        if annotator.name not in settings:
            settings[annotator.name] = fit(annotator, documents, options, settings)
    return _in_order({a.name: settings[a.name] for a in chosen})


def settings_to_keep(old: Manifest, names: Sequence[str], options: Mapping[str, Any]) -> dict[str, Settings]:
    """Settings of annotators that have run; one that is named with options, or is of another version, starts anew."""
    again = {a.name for a in select(names)} if options else set()
    return {
        name: run["settings"]
        for name, run in old.annotators.items()
        if name not in again and run["version"] == by_name(name).version
    }


def refuse_other_versions(folder: Path, manifest: Manifest) -> None:
    """New parts must not hold values that another version of an annotator made than the old ones."""
    for name, run in manifest.annotators.items():
        version = by_name(name).version
        if run["version"] != version:
            raise CorpuscopeError(
                f"The fields of {name} are of version {run['version']} and this program makes version {version}. "
                f"Make them anew first: corpuscope annotate {folder} {name}"
            )


def annotate_parts(
    folder: Path, parts: Sequence[Part], jobs: tuple[Job, ...], *, workers: int, progress: Progress
) -> tuple[list[Part], dict[str, float]]:
    """Run annotators over parts; the parts with their new files, and seconds by annotator."""
    if not jobs:
        return list(parts), {}
    waiting = " and ".join(dict.fromkeys(filter(None, (by_name(job.annotator).warm_up for job in jobs))))
    with progress.step("Annotating", sum(p.rows for p in parts), waiting=waiting) as step:
        tasks = [AnnotateTask(folder, part, jobs) for part in parts]
        results = run_tasks(make_annotations, tasks, workers=workers, advance=step.advance, size=AnnotateTask.size)
    seconds: dict[str, float] = {}
    for made in (m for _, m in results if isinstance(m, AnnotatedPart)):
        for name, spent in made.seconds.items():
            seconds[name] = seconds.get(name, 0.0) + spent
    return [part for part, _ in results], seconds


def name_fields(
    fields: Sequence[Field], ran: Mapping[str, Settings], imported: Sequence[Field] = ()
) -> tuple[Field, ...]:
    """The source's among `fields`, those of all annotators that ran, and the imported ones.

    A bare name means the source's field, else the computed one, else the one that was imported first: a field that
    comes later has its origin before its name. Names that any annotator may want are left to it, run or not, so that
    what a name means does not change when it runs.
    """
    out = [f for f in fields if f.origin == "source"]
    taken = {f.name for f in out}
    for job in _in_order(ran):
        for f in by_name(job.annotator).described(job.settings):
            name = f"{job.annotator}.{f.name}" if f.name in taken else f.name
            out.append(replace(f, origin=job.annotator, name=name))
    taken = {name.lower() for name in (*RESERVED, *(f.name for f in out), *_computable())}
    for f in imported:
        name = f"{f.origin}.{f.column}" if f.name.lower() in taken else f.name
        taken.add(name.lower())
        out.append(replace(f, name=name))
    return tuple(out)


def _computable() -> set[str]:
    return {field.name for annotator in ANNOTATORS for field in annotator.fields}


def describe_runs(
    ran: Mapping[str, Settings], before: Mapping[str, Mapping[str, Any]], seconds: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """What the manifest says of each annotator: version, settings, and seconds spent so far."""
    out: dict[str, dict[str, Any]] = {}
    for name, settings in ran.items():
        spent = before.get(name, {}).get("seconds", 0.0) + seconds.get(name, 0.0)
        out[name] = {"version": by_name(name).version, "settings": dict(settings), "seconds": round(spent, 3)}
    return out


def _in_order(settings: Mapping[str, Settings]) -> tuple[Job, ...]:
    """Jobs in the order of the list, in which each annotator stands behind those it needs."""
    return tuple(Job(a.name, settings[a.name]) for a in ANNOTATORS if a.name in settings)
