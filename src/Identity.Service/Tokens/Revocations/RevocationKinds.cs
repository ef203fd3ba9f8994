namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>The kinds' names on the wire and in the store.</summary>
internal static class RevocationKinds
{
    public static readonly int Count = Enum.GetValues<RevocationKind>().Length;

    private static readonly (string Name, RevocationKind Kind)[] Table =
    [
        ("token", RevocationKind.Token),
        ("family", RevocationKind.Family),
        ("rule", RevocationKind.Rule),
        ("rule_version", RevocationKind.RuleVersion),
        ("principal", RevocationKind.Principal),
        ("issuer", RevocationKind.Issuer),
        ("subject", RevocationKind.Subject),
        ("issued_before", RevocationKind.IssuedBefore),
    ];

    public static string Names => string.Join(", ", Table.Select(entry => entry.Name));

    public static string Name(this RevocationKind kind) => Array.Find(Table, entry => entry.Kind == kind).Name;

    public static bool TryParse(string? name, out RevocationKind kind)
    {
        var entry = Array.Find(Table, entry => entry.Name == name);
        kind = entry.Kind;
        return entry.Name is not null;
    }

    public static RevocationKind Parse(string name) =>
        TryParse(name, out var kind) ? kind : throw new ArgumentException($"Unknown kind {name}.", nameof(name));

    /// <summary>
    /// Whether only tokens issued by some moment are meant, so that a new exchange gives a good one again. A token and
    /// a family are revoked for good.
    /// </summary>
    public static bool KnowsTime(this RevocationKind kind) =>
        kind is not (RevocationKind.Token or RevocationKind.Family);
}
