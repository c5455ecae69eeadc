"""The SQL functions that an expression over fields may call, and the types that it may convert to.

They are stable, blind to the machine, and unable to make much out of little: DuckDB does not count what a function
builds against its memory limit, so range(), repeat(), lpad(), format(), replace() or reduce() in a user's hands
could end the whole process. So could an array type, such as INTEGER[100000], for every row that has none.
"""

from __future__ import annotations

_OPERATORS = "+ - * / // % ** ^ & | ~ << >> || ~~ !~~ ~~* !~~* ~~~ ^@ @ and or not"
_NUMBERS = """
abs acos add asin atan atan2 cbrt ceil ceiling cos cot degrees divide even exp floor gcd greatest isfinite isinf isnan
lcm least ln log log10 log2 mod multiply pi pow power radians round sign sin sqrt subtract tan trunc xor
"""
_TEXTS = """
bit_length char_length character_length contains damerau_levenshtein editdist3 ends_with hamming hash ilike_escape
instr jaccard jaro_similarity jaro_winkler_similarity lcase left length length_grapheme levenshtein like_escape lower
ltrim md5 not_ilike_escape not_like_escape octet_length ord position prefix regexp_extract regexp_full_match
regexp_matches reverse right rtrim sha256 split starts_with str_split string_split strip_accents strlen strpos substr
substring suffix trim typeof ucase unicode upper
"""
_DATES = """
century date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek
dayofyear decade epoch epoch_ms hour isodow isoyear last_day make_date make_timestamp microsecond millennium
millisecond minute month monthname quarter second strftime strptime time_bucket to_days to_hours to_minutes to_months
to_seconds to_weeks to_years try_strptime week weekday weekofyear year yearweek
"""
_LISTS = """
array_contains array_extract array_has array_has_all array_has_any array_length array_slice cardinality element_at len
list_aggr list_aggregate list_any_value list_avg list_contains list_count list_distinct list_element list_extract
list_filter list_has list_has_all list_has_any list_indexof list_max list_median list_min list_mode list_position
list_reverse_sort list_slice list_sort list_sum list_transform list_unique list_value
"""
_TYPES = """
bool boolean tinyint smallint int integer bigint hugeint utinyint usmallint uinteger ubigint uhugeint int1 int2 int4
int8 float real float4 double float8 decimal numeric char varchar text string date time timestamp datetime
timestamptz interval list
"""

FUNCTIONS = frozenset(f"{_OPERATORS} {_NUMBERS} {_TEXTS} {_DATES} {_LISTS}".split())
#: As DuckDB's parser names them, in lower case.
TYPES = frozenset(_TYPES.split()) | {"timestamp with time zone"}
