using System.Text.Json;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The control plane's errors: their codes, and the remedies for errors that stop polling.</summary>
internal static class ControlErrors
{
    /// <summary>The most bytes that are read of an error's body.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>The product no longer waits, so no answer is needed.</summary>
    public const string NotPending = "pending_request_not_found";

    private const string KeyRefused =
        "Check at the provider that the key of tunnels.api_key may use this tunnel, and that tunnels.organization is its organization.";

    /// <summary>The stable code of an error's body; empty if it has none. The provider's message is not stored.</summary>
    public static string ReadCode(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return "";
            }

            var error =
                root.TryGetProperty("error", out var nested) && nested.ValueKind == JsonValueKind.Object
                    ? nested
                    : root;
            return FindCode(error, "code") ?? FindCode(error, "type") ?? "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ""; // the page of a proxy, or half a surrogate pair
        }
    }

    /// <summary>The control plane's request id; empty for a malformed text.</summary>
    public static string ReadRequestId(string text) => IdForm.IsWellFormed(text, "_.:-", 128) ? text : "";

    /// <summary>The remedy for polls that fail with this status and code; null if only waiting helps.</summary>
    public static string? FindRemedy(int status, string code) =>
        code switch
        {
            "invalid_tunnel_id_format" => "Copy tunnels.tunnel_id again from the provider.",
            "tunnel_active_organization_required" =>
                "Set tunnels.organization to the provider's id of the organization that owns the tunnel.",
            "tunnel_missing_principals" or "tunnel_use_forbidden" => KeyRefused,
            _ => status switch
            {
                401 or 403 => KeyRefused,
                404 => "Check tunnels.base_url, tunnels.url_path and tunnels.tunnel_id.",
                _ => null,
            },
        };

    private static string? FindCode(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { } code
        && IdForm.IsWellFormedLower(code, "_.-", 64)
            ? code
            : null;
}
