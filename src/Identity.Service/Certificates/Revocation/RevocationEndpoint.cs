using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary><c>POST /v1/certificates/revoke</c>: one certificate by id or serial number, or all of a key.</summary>
internal sealed class RevocationEndpoint(CertificateInventory inventory, CertificateRevoker revoker, TimeProvider time)
{
    private const int PageSize = 500;
    private const int MaxComment = 500;

    public async ValueTask<ApiAnswer> RevokeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.RevokeRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (Check(wanted) is { } malformed)
        {
            return malformed;
        }

        var reason = wanted.Reason is null
            ? RevocationReason.Unspecified
            : RevocationReasons.Find(wanted.Reason)!.Value;
        var found = await FindAsync(request, wanted, cancellationToken);
        if (found.Count == 0 && wanted.Serial?.ToLowerInvariant() is { } serial)
        {
            var registered = await revoker.TryRegisterLostAsync(serial, request, cancellationToken);
            if (!registered.IsOk)
            {
                return registered.Refusal;
            }

            found = registered.Value ? await FindAsync(request, wanted, cancellationToken) : found;
        }

        if (found.Count == 0)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (
            wanted.ExpectedStatus is { } expected
            && found.FirstOrDefault(one => InventoryStatuses.GetName(one) != expected) is { } other
        )
        {
            return RevocationErrors
                .State.Refuse()
                .With("status", InventoryStatuses.GetName(other))
                .With("certificate_id", other.Id.Value);
        }

        List<CertificateItemDocument> data = [];
        Refusal? earlier = null;
        var changes = 0;
        foreach (var certificate in found)
        {
            var revoked = await revoker.RevokeAsync(certificate, reason, wanted.Comment, request, cancellationToken);
            if (!revoked.IsOk)
            {
                if (wanted.KeySha256 is null || !IsDone(revoked.Refusal))
                {
                    return revoked.Refusal;
                }

                // By key: one that was revoked or expired in the meantime does not keep the others from being revoked.
                earlier = revoked.Refusal;
                continue;
            }

            changes += revoked.Value.Changed ? 1 : 0;
            data.Add(CertificateItemDocument.From(revoked.Value.Certificate));
        }

        if (data.Count == 0 && earlier is not null)
        {
            return earlier;
        }

        return ApiAnswer.Json(
            new RevocationDocument(Changed: changes, Data: data),
            CertificatesJson.Default.RevocationDocument
        );
    }

    private static bool IsDone(Refusal refusal) =>
        refusal.Code == RevocationErrors.AlreadyRevoked || refusal.Code == RevocationErrors.Expired;

    private static Refusal? Check(RevokeRequest wanted)
    {
        var named = new[] { wanted.CertificateId, wanted.Serial, wanted.KeySha256 }.Count(one => one is not null);
        if (named != 1)
        {
            return RequestErrors.Invalid.Refuse("Exactly one of certificate_id, serial and key_sha256 is required.");
        }

        if (wanted.Serial is { } serial && !InventoryQuery.IsSerial(serial))
        {
            return RequestErrors.Invalid.Refuse("serial: a hexadecimal number is required.");
        }

        if (wanted.KeySha256 is { } key && !InventoryQuery.IsSha256(key))
        {
            return RequestErrors.Invalid.Refuse("key_sha256: 64 hexadecimal digits are required.");
        }

        if (
            wanted.Reason is { } reason
            && !(RevocationReasons.Find(reason) is { } known && RevocationReasons.OfLeaves.Contains(known))
        )
        {
            return RequestErrors.Invalid.Refuse(
                $"reason: one of {string.Join(", ", RevocationReasons.OfLeaves.Select(RevocationReasons.GetName))}."
            );
        }

        if (wanted.Comment is { } comment && (comment.Length > MaxComment || comment.Any(char.IsControl)))
        {
            return RequestErrors.Invalid.Refuse($"comment: at most {MaxComment} printable characters.");
        }

        return wanted.ExpectedStatus is { } status && WireNames.Find<InventoryStatus>(status) is null
            ? RequestErrors.Invalid.Refuse("expected_status: one of intent, issued, void, revoked.")
            : null;
    }

    private async ValueTask<IReadOnlyList<CertificateRecord>> FindAsync(
        ApiRequest request,
        RevokeRequest wanted,
        CancellationToken cancellationToken
    )
    {
        if (wanted.CertificateId is { } id)
        {
            return
                CertificateId.TryParse(id, out var parsed)
                && await inventory.FindAsync(parsed, cancellationToken) is { } one
                && InventoryQuery.Sees(request.Caller, one)
                ? [one]
                : [];
        }

        var filter = InventoryQuery.Visible(request.Caller) with
        {
            Serial = wanted.Serial?.ToLowerInvariant(),
            KeySha256 = wanted.KeySha256?.ToLowerInvariant(),
            // By key, expired certificates are skipped; by serial number, the answer says that it has expired.
            ExpiresFrom = wanted.KeySha256 is null ? null : time.GetUtcNow(),
        };
        List<CertificateRecord> found = [];
        IReadOnlyList<CertificateRecord> page;
        var place = InventoryPlace.GetStart(filter.IsByExpiry);
        do
        {
            page = await inventory.ListAsync(filter, place, PageSize, cancellationToken);
            found.AddRange(page);
            place = page.Count > 0 ? InventoryQuery.GetPlace(page[^1], filter.IsByExpiry) : place;
        } while (page.Count == PageSize);

        return found;
    }
}
