namespace Culvert.Ca.Revocation;

/// <summary>One rule on lists that we publish. It reads the encoded list and trusts no code that wrote it.</summary>
/// <param name="Name">Stable name, as it appears in <c>crl.lint_failed</c>.</param>
/// <param name="Clause">The clause that the rule enforces.</param>
/// <param name="Holds">True when the rule holds.</param>
internal sealed record RevocationListLint(
    string Name,
    string Clause,
    Func<ParsedRevocationList, RevocationListOrder, bool> Holds
);
