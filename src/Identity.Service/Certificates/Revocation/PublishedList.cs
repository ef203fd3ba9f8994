using System.Globalization;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>A list as clients fetch it.</summary>
/// <param name="Tag">
/// Entity tag (RFC 9110 §8.8.3): the number, and what distinguishes lists signed before and after a backup was
/// restored.
/// </param>
/// <param name="NextUpdate">When the next list exists at the latest.</param>
/// <param name="Bytes">DER; empty if not read.</param>
internal sealed record PublishedList(
    string Tag,
    DateTimeOffset ThisUpdate,
    DateTimeOffset NextUpdate,
    ReadOnlyMemory<byte> Bytes
)
{
    public static PublishedList From(StoredRevocationList list) =>
        new(
            CreateTag(
                list.Number.ToString("x", CultureInfo.InvariantCulture),
                list.ThisUpdate,
                list.Built,
                list.Entries
            ),
            list.ThisUpdate,
            list.NextUpdate,
            list.List
        );

    public static PublishedList From(ImportedRevocationList list) =>
        new(
            CreateTag(list.Number, list.ThisUpdate, list.Revision, list.Entries),
            list.ThisUpdate,
            list.NextUpdate,
            list.List
        );

    private static string CreateTag(string number, DateTimeOffset thisUpdate, long revision, int entries) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"\"{number}-{thisUpdate.ToUnixTimeSeconds():x}-{revision:x}-{entries:x}\""
        );
}
