using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary>Writes the inventory page by page. A failure aborts the connection, so that the client notices.</summary>
internal static class CertificateExport
{
    private const int Page = 1000;

    private static readonly byte[] Header = Encoding.UTF8.GetBytes(
        "id,serial,kind,status,tunnel_id,ca_id,identity,not_before,not_after,issued_at,fingerprint,key_sha256,"
            + "revoked_at,revocation_reason\r\n"
    );

    public static async Task WriteJsonAsync(
        CertificateInventory inventory,
        CertificateFilter filter,
        Stream body,
        CancellationToken cancellationToken
    )
    {
        await body.WriteAsync("{\"type\":\"certificate_export\",\"data\":["u8.ToArray(), cancellationToken);
        var isFirst = true;
        await foreach (var page in PagesAsync(inventory, filter, cancellationToken))
        {
            using var buffer = new MemoryStream();
            foreach (var certificate in page)
            {
                buffer.Write(isFirst ? "\n"u8 : ",\n"u8);
                isFirst = false;
                JsonSerializer.Serialize(
                    buffer,
                    CertificateItemDocument.From(certificate),
                    CertificatesJson.Default.CertificateItemDocument
                );
            }

            await body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
        }

        await body.WriteAsync("\n]}\n"u8.ToArray(), cancellationToken);
    }

    /// <summary>Writes RFC 4180 CSV with a header row.</summary>
    public static async Task WriteCsvAsync(
        CertificateInventory inventory,
        CertificateFilter filter,
        Stream body,
        CancellationToken cancellationToken
    )
    {
        await body.WriteAsync(Header, cancellationToken);
        await foreach (var page in PagesAsync(inventory, filter, cancellationToken))
        {
            var text = new StringBuilder();
            foreach (var certificate in page)
            {
                WriteRow(text, CertificateItemDocument.From(certificate));
            }

            await body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<CertificateRecord>> PagesAsync(
        CertificateInventory inventory,
        CertificateFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var place = InventoryPlace.GetStart(filter.IsByExpiry);
        while (true)
        {
            var page = await inventory.ListAsync(filter, place, Page, cancellationToken);
            if (page.Count > 0)
            {
                yield return page;
                place = InventoryQuery.GetPlace(page[^1], filter.IsByExpiry);
            }

            if (page.Count < Page)
            {
                yield break;
            }
        }
    }

    private static void WriteRow(StringBuilder text, CertificateItemDocument item) =>
        CsvText.AppendRow(
            text,
            item.Id,
            item.Serial,
            item.Kind,
            item.Status,
            item.TunnelId,
            item.CaId,
            item.Identity,
            CsvText.ToText(item.NotBefore),
            CsvText.ToText(item.NotAfter),
            CsvText.ToText(item.IssuedAt),
            item.Fingerprint,
            item.KeySha256,
            CsvText.ToText(item.RevokedAt),
            item.RevocationReason
        );
}
