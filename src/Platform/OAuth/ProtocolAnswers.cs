using System.Text.Json;
using Duende.IdentityModel.Client;

namespace Culvert.Platform.OAuth;

/// <summary>What the library's answers leave to be checked.</summary>
public static class ProtocolAnswers
{
    /// <summary>
    /// A member that is text; null when it lacks or is of another type. The library's own members turn any value into
    /// text, so that a number or an object would pass for a token.
    /// </summary>
    public static string? Text(this ProtocolResponse answer, string member)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return
            answer.Json is { ValueKind: JsonValueKind.Object } json
            && json.TryGetProperty(member, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
    }
}
