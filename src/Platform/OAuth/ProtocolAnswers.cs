using System.Text.Json;
using Duende.IdentityModel.Client;

namespace Culvert.Platform.OAuth;

public static class ProtocolAnswers
{
    /// <summary>A text member, else null. The library's own members would convert a number or an object to text.</summary>
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
