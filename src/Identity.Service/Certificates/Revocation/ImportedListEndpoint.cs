using System.Globalization;
using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>
/// <c>/v1/tunnels/{id}/certificates/{id}/revocation_list</c>: the lists of authorities whose key is elsewhere, checked
/// and published like the service's own.
/// </summary>
internal sealed class ImportedListEndpoint(
    TunnelAccess access,
    RegisteredCertificateStore certificates,
    ImportedListStore lists,
    IJournal journal,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        return await lists.FindAsync(found.Value.Certificate.Id.Value, cancellationToken) is { } list
            ? Answer(list)
            : RequestErrors.NotFound.Refuse();
    }

    public async ValueTask<ApiAnswer> ImportAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.ImportListRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        var found = await FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var (tunnel, certificate) = found.Value;

        if (certificate.AuthorityId is not null)
        {
            return RevocationErrors.Imported.Refuse();
        }

        var authority = CertificatePem.TryRead(certificate.CertificatePem, out var read)
            ? ParsedCertificate.TryParse(read[0].RawData)
            : null;
        var check = RevocationListImport.Check(
            wanted.Crl,
            authority ?? throw new StoreException("A registered certificate cannot be read."),
            time.GetUtcNow()
        );
        if (!check.Succeeded)
        {
            return check.Refusal.ToRefusal();
        }

        var present = await lists.FindAsync(certificate.Id.Value, cancellationToken);
        return present is not null && present.List.AsSpan().SequenceEqual(check.Value.Encoded.Span)
            ? Answer(present)
            : await ImportAsync(
                request,
                tunnel,
                certificate,
                check.Value,
                present,
                wanted.AllowRemoved,
                cancellationToken
            );
    }

    private async ValueTask<ApiAnswer> ImportAsync(
        ApiRequest request,
        Tunnel tunnel,
        RegisteredCertificate certificate,
        ParsedRevocationList list,
        ImportedRevocationList? present,
        bool allowRemoved,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<string> removed = [];
        if (present is not null)
        {
            var earlier = ParsedRevocationList.TryParse(present.List)!;
            // The expiry of foreign certificates is unknown here: no entry may vanish unless the caller allows it.
            if (RevocationListDiff.Check(earlier, list, _ => null) is { } refusal)
            {
                if (!(allowRemoved && refusal.Code == CaErrorCodes.CrlEntryVanished))
                {
                    return refusal.ToRefusal();
                }

                removed = RevocationListDiff.Vanished(earlier, list);
            }
        }

        var imported = new ImportedRevocationList
        {
            RegisteredCertificateId = certificate.Id.Value,
            TunnelId = tunnel.Id.Value,
            Revision = (present?.Revision ?? 0) + 1,
            Number = list.Number!.Value.ToString(CultureInfo.InvariantCulture),
            ThisUpdate = list.ThisUpdate,
            NextUpdate = list.NextUpdate!.Value,
            Entries = list.Entries.Count,
            List = list.Encoded.ToArray(),
            ImportedAt = time.GetStoreNow(),
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = RevocationListEvents.Imported(
                    AuditOrigin.From(request, imported.ImportedAt),
                    tunnel.OrganizationId,
                    imported,
                    removed
                ),
                Statements = [lists.Put(imported)],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } unavailable ? unavailable : Answer(imported);
    }

    private async ValueTask<Result<(Tunnel Tunnel, RegisteredCertificate Certificate)>> FindAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        var certificate = RegisteredCertificateId.TryParse(request.Route("certificate_id"), out var id)
            ? await certificates.FindAsync(id.Value, cancellationToken)
            : null;
        return certificate is not null && certificate.TunnelId == tunnel.Id
            ? (tunnel, certificate)
            : RequestErrors.NotFound.Refuse();
    }

    private static ApiAnswer Answer(ImportedRevocationList list) =>
        ApiAnswer.Json(ImportedListDocument.From(list), CertificatesJson.Default.ImportedListDocument);
}
