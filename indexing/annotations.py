"""The annotators of a corpus: chosen, fitted, run over its parts, and described in its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from corpuscope.errors import CorpuscopeError
from corpuscope.fields import RESERVED, Field
from corpuscope.manifest import Manifest, Part
from indexing.annotate import AnnotatedPart, Job, fit
from indexing.annotators import ANNOTATORS, Given, Settings, by_name, select
from indexing.parts import AnnotateTask, make_annotations
from indexing.progress import Progress
from indexing.workers import run_tasks


def annotation_jobs(
    folder: Path, old: Manifest, parts: Sequence[Part], names: Sequence[str], tokenizer: str | None, given: Given
) -> tuple[Job, ...]:
    """The annotators of new parts: those of the corpus as they are where it has them, else the named ones."""
    if old.annotators:
        return _in_order({name: run["settings"] for name, run in old.annotators.items()}, given)
    return fit_jobs(folder, parts, names, {"tokenizer": tokenizer} if tokenizer else {}, {}, given)


def check_models(names: Sequence[str], device: str) -> None:
    """Make sure, before anything is read, that the named annotators are there, and models and device of those with one.

    Raises a CorpuscopeError for what is missing.
    """
    for annotator in (a for a in select(names) if a.open is not None):
        if annotator.on_device:
            from indexing.models.devices import devices

            devices(device)
        fit(annotator, (), {})


def fit_jobs(
    folder: Path,
    parts: Sequence[Part],
    names: Sequence[str],
    options: Mapping[str, Any],
    fitted: Mapping[str, Settings],
    given: Given = Given(),  # noqa: B008  # it is frozen
) -> tuple[Job, ...]:
    """The named annotators and those they need, each with settings; `fitted` ones keep theirs."""
    documents = [folder / p.documents.path for p in parts]
    settings: dict[str, Settings] = dict(fitted)
    chosen = select(names)
    for annotator in chosen:
        if annotator.name not in settings:
            settings[annotator.name] = fit(annotator, documents, options, settings)
    return _in_order({a.name: settings[a.name] for a in chosen}, given)


def settings_to_keep(old: Manifest, names: Sequence[str], options: Mapping[str, Any]) -> dict[str, Settings]:
    """Settings of annotators that have run; one that is named with options, or is of another version, starts anew."""
    again = {a.name for a in select(names) if options.keys() & set(a.options)}
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


@dataclass
class Spent:
    """What annotators took: seconds of all workers together, and for models the documents and tokens they read."""

    seconds: dict[str, float] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)

    def add(self, made: AnnotatedPart) -> None:
        """Count a part."""
        for name, seconds in made.seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        for name, tokens in made.tokens.items():
            self.tokens[name] = self.tokens.get(name, 0) + tokens
            self.documents[name] = self.documents.get(name, 0) + made.rows

    def of_models(self) -> dict[str, dict[str, Any]]:
        """For the history: what each model read, and how long it took."""
        return {
            name: {"documents": self.documents[name], "tokens": tokens, "seconds": round(self.seconds[name], 3)}
            for name, tokens in self.tokens.items()
        }


def annotate_parts(
    folder: Path, parts: Sequence[Part], jobs: tuple[Job, ...], *, workers: int, progress: Progress
) -> tuple[list[Part], Spent]:
    """Run annotators over parts; the parts with their new files, and what it took.

    Those that evaluate a model come one after the other behind the others, so that a device holds one at a time.
    """
    spent = Spent()
    done = list(parts)
    groups = [(group, _processes(group, workers)) for group in _groups(jobs)]  # a device that is not there is said now
    for group, count in groups:
        annotators = [by_name(job.annotator) for job in group]
        waiting = " and ".join(dict.fromkeys(a.warm_up for a in annotators if a.warm_up))
        name = f"Annotating {annotators[0].name}" if annotators[0].open else "Annotating"
        with progress.step(name, sum(p.rows for p in parts), waiting=waiting) as step:
            tasks = [AnnotateTask(folder, part, group) for part in done]
            results = run_tasks(make_annotations, tasks, workers=count, advance=step.advance, size=AnnotateTask.size)
        done = [part for part, _ in results]
        for made in (m for _, m in results if m is not None):
            spent.add(made)
    return done, spent


def _groups(jobs: tuple[Job, ...]) -> list[tuple[Job, ...]]:
    """Jobs that read the documents together: those without a model, then each that has one."""
    light = tuple(job for job in jobs if by_name(job.annotator).open is None)
    heavy = [(job,) for job in jobs if by_name(job.annotator).open is not None]
    return [light, *heavy] if light else [*heavy]


def _processes(group: tuple[Job, ...], workers: int) -> int:
    """How many worker processes a group of jobs gets."""
    if not by_name(group[0].annotator).on_device:
        return workers
    from indexing.models.devices import processes

    return processes(group[0].given.device, workers)


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
    ran: Mapping[str, Settings], before: Mapping[str, Mapping[str, Any]], spent: Spent
) -> dict[str, dict[str, Any]]:
    """What the manifest says of each annotator: version, settings, seconds so far; of a model also what it read."""
    out: dict[str, dict[str, Any]] = {}
    for name, settings in ran.items():
        old = before.get(name, {})
        seconds = old.get("seconds", 0.0) + spent.seconds.get(name, 0.0)
        out[name] = {"version": by_name(name).version, "settings": dict(settings), "seconds": round(seconds, 3)}
        for what, counts in (("documents", spent.documents), ("tokens", spent.tokens)):
            if what in old or name in counts:
                out[name][what] = old.get(what, 0) + counts.get(name, 0)
    return out


def _in_order(settings: Mapping[str, Settings], given: Given = Given()) -> tuple[Job, ...]:  # noqa: B008
    """Jobs in the order of the list, in which each annotator stands behind those it needs."""
    return tuple(Job(a.name, settings[a.name], given) for a in ANNOTATORS if a.name in settings)
