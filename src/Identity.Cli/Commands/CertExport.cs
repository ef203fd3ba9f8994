using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Commands;

/// <summary>Writes an inventory page by page, so that no answer is larger than a page.</summary>
internal static class CertExport
{
    private const string PageSize = "1000";

    private static readonly string[] Members =
    [
        "id",
        "serial",
        "kind",
        "status",
        "tunnel_id",
        "ca_id",
        "identity",
        "not_before",
        "not_after",
        "issued_at",
        "fingerprint",
        "key_sha256",
        "revoked_at",
        "revocation_reason",
    ];

    public static async Task<int> WriteAsync(
        ManagementClient client,
        Query filters,
        string format,
        TextWriter text,
        CancellationToken cancel
    )
    {
        var isCsv = format == "csv";
        await text.WriteAsync(isCsv ? string.Join(',', Members) + "\r\n" : "[");
        var count = 0;
        string? page = null;
        do
        {
            var answer = await client.GetAsync(
                filters.Copy().Add("limit", PageSize).Add("page", page).On(CertCommands.InventoryPath),
                cancel
            );
            foreach (var item in answer.Json.Data().OfType<JsonObject>())
            {
                await text.WriteAsync(
                    isCsv ? Row(item) : (count == 0 ? "\n" : ",\n") + item.ToJsonString(WireJson.Plain)
                );
                count++;
            }

            page = answer.Json.Text("next_page");
        } while (page is not null);

        await text.WriteAsync(isCsv ? "" : "\n]\n");
        return count;
    }

    // RFC 4180.
    private static string Row(JsonObject item) =>
        string.Join(',', Members.Select(name => Quote(item.Text(name)))) + "\r\n";

    private static string Quote(string? field) =>
        field is null ? ""
        : field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : field;
}
