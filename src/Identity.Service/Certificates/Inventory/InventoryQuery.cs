using System.Globalization;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Inventory;

internal sealed record InventoryQuery(CertificateFilter Filter, InventoryPlace Place, int Limit)
{
    private const int MaxIdentity = 512;

    // Names of the list in cursors: its two orders have cursors of their own.
    private const string List = "certificates";
    private const string ByExpiryList = "certificates.by_expiry";

    public static CertificateFilter Visible(Caller caller) =>
        new(caller.OrganizationId, caller.WorkspaceId, caller.Has(Scopes.InstallationOperate), null, null);

    public static bool Sees(Caller caller, CertificateRecord certificate) =>
        certificate.OrganizationId is { } organization
            ? organization == caller.OrganizationId
                && (caller.WorkspaceId is null || caller.WorkspaceId == certificate.WorkspaceId)
            : caller.Has(Scopes.InstallationOperate) && caller.WorkspaceId is null;

    public static bool IsSerial(string text) => text.Length is > 0 and <= 64 && text.All(char.IsAsciiHexDigit);

    public static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigit);

    public static Result<InventoryQuery> Read(ApiRequest request)
    {
        if (ReadFilter(request, out var filter) is { } refusal)
        {
            return refusal;
        }

        var limit = PageRequest.ReadLimit(request);
        if (!limit.IsOk)
        {
            return limit.Refusal;
        }

        var place = InventoryPlace.GetStart(filter.IsByExpiry);
        return request.Query("page") is { } cursor && !TryDecode(cursor, filter.IsByExpiry, out place)
            ? PageRequest.InvalidCursor()
            : new InventoryQuery(filter, place, limit.Value);
    }

    /// <summary>Reads only the filters; null = they are well-formed.</summary>
    public static Refusal? ReadFilter(ApiRequest request, out CertificateFilter filter)
    {
        filter = Visible(request.Caller) with
        {
            TunnelId = request.Query("tunnel_id"),
            CaId = request.Query("ca_id"),
            Identity = request.Query("identity"),
            // Hex in upper case, as openssl prints it, is accepted.
            Serial = request.Query("serial")?.ToLowerInvariant(),
            KeySha256 = request.Query("key_sha256")?.ToLowerInvariant(),
        };
        if (filter.KeySha256 is { } key && !IsSha256(key))
        {
            return Invalid("key_sha256: 64 hexadecimal digits are required.");
        }

        if (filter.Identity is { Length: > MaxIdentity })
        {
            return Invalid($"identity: at most {MaxIdentity} characters.");
        }

        if (!TryReadTime(request, "expires_from", out var from))
        {
            return Invalid("expires_from: a time such as 2026-01-01T00:00:00Z is required.");
        }

        if (!TryReadTime(request, "expires_before", out var before))
        {
            return Invalid("expires_before: a time such as 2026-01-01T00:00:00Z is required.");
        }

        InventoryStatus? status = null;
        if (request.Query("status") is { } name && (status = WireNames.Find<InventoryStatus>(name)) is null)
        {
            return Invalid("status: one of intent, issued, void, revoked.");
        }

        filter = filter with { ExpiresFrom = from, ExpiresBefore = before, Status = status };
        return null;
    }

    /// <summary>Builds the page from at most <see cref="Limit"/> + 1 rows.</summary>
    public Page<CertificateRecord> Cut(IReadOnlyList<CertificateRecord> rows) => Pages.Cut(rows, Limit, Encode);

    public static InventoryPlace GetPlace(CertificateRecord last, bool byExpiry) =>
        new(byExpiry ? last.NotAfter.ToUnixTimeMilliseconds() : 0, last.Ordinal);

    private string Encode(CertificateRecord last) =>
        Filter.IsByExpiry
            ? PageCursor.Encode(ByExpiryList, last.NotAfter.ToUnixTimeMilliseconds(), last.Ordinal)
            : PageCursor.Encode(List, last.Ordinal);

    private static bool TryDecode(string cursor, bool byExpiry, out InventoryPlace place)
    {
        Span<long> numbers = [0, 0];
        var isDecoded = byExpiry
            ? PageCursor.TryDecode(cursor, ByExpiryList, numbers)
            : PageCursor.TryDecode(cursor, List, numbers[1..]);
        place = new InventoryPlace(numbers[0], numbers[1]);
        return isDecoded;
    }

    private static bool TryReadTime(ApiRequest request, string name, out DateTimeOffset? time)
    {
        time = null;
        if (request.Query(name) is not { } text)
        {
            return true;
        }

        if (
            text.Length > 40
            || !text.EndsWith('Z')
            || !DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var parsed
            )
        )
        {
            return false;
        }

        time = parsed;
        return true;
    }

    private static Refusal Invalid(string message) => RequestErrors.Invalid.Refuse(message);
}
