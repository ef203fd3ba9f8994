using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tokens.Revocations;

internal static class RevocationKinds
{
    public static readonly int Count = Enum.GetValues<RevocationKind>().Length;

    public static string Names { get; } = string.Join(", ", WireNames.List<RevocationKind>());

    public static string Name(this RevocationKind kind) => WireNames.Get(kind);

    /// <summary>
    /// Whether the revocation covers only tokens issued until some moment, so that a new exchange gives a valid token
    /// again. A token and a family are revoked permanently.
    /// </summary>
    public static bool KnowsTime(this RevocationKind kind) =>
        kind is not (RevocationKind.Token or RevocationKind.Family);
}
