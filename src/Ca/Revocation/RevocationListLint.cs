namespace Culvert.Ca.Revocation;

/// <summary>A rule for lists that we publish, applied to the parsed list, independent of the code that wrote it.</summary>
/// <param name="Name">Stable name, used in <c>crl.lint_failed</c>.</param>
internal sealed record RevocationListLint(
    string Name,
    string Clause,
    Func<ParsedRevocationList, RevocationListOrder, bool> Holds
);
