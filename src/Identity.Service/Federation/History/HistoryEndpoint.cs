using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Hosting;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.History;

/// <summary><c>GET /v1/authentication_history</c>: why an exchange was granted or denied.</summary>
internal sealed class HistoryEndpoint(IAuthenticationHistory history)
{
    private const string List = "authentication_history";

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = PageRequest.Read(request, List, FederationJson.MaxPage);
        if (page is null)
        {
            return refusal!;
        }

        bool? granted = request.Query("decision") switch
        {
            "granted" => true,
            "denied" => false,
            _ => null,
        };
        if (granted is null && request.Query("decision") is not null)
        {
            return RequestErrors.Invalid.Refuse("decision: granted or denied is required.");
        }

        var found = await history.ListAsync(
            request.Caller.OrganizationId,
            request.Query("request_id"),
            granted,
            page.Before,
            page.Limit + 1,
            cancellationToken
        );
        var (rows, next) = page.Cut(found, row => row.Ordinal);
        return ApiAnswer.Raw(Render(rows, next), "application/json");
    }

    private static ReadOnlyMemory<byte> Render(IReadOnlyList<Numbered<HistoryEntry>> rows, string? next)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("data");
        foreach (var row in rows)
        {
            Write(json, row.Value);
        }

        json.WriteEndArray();
        json.WriteString("next_page", next);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, HistoryEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("type", "authentication");
        json.WriteString("request_id", entry.RequestId);
        json.WriteString("at", UtcTimeConverter.Format(entry.At));
        json.WriteString("decision", entry.IsGranted ? "granted" : "denied");
        json.WriteString("reason", entry.Reason);
        json.WriteString("detail", entry.Detail);
        json.WriteBoolean("proven", entry.IsProven);
        json.WriteString("federation_rule_id", entry.RuleId);
        if (entry.RuleVersion is { } version)
        {
            json.WriteNumber("rule_ver", version);
        }

        json.WriteString("issuer_id", entry.IssuerId);
        json.WriteString("service_account_id", entry.ServiceAccountId);
        json.WriteString("subject", entry.Subject);
        json.WriteString("jti", entry.AssertionId);
        json.WriteString("workspace_id", entry.WorkspaceId);
        json.WriteString("oauth_scope", entry.Scope);
        json.WriteString("token_id", entry.TokenId);
        json.WriteString("ip_address", entry.Source);
        json.WriteString("user_agent", entry.UserAgent);
        json.WriteNumber("count", entry.Refusals);
        json.WritePropertyName("claims");
        if (entry.ClaimsJson is { } claims)
        {
            json.WriteRawValue(claims);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }
}
