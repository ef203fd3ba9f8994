using System.Text.Json;

namespace Culvert.Machine.Client.Tokens.Detection;

internal sealed record AwsCredentials(string KeyId, string Secret, string? SessionToken)
{
    /// <summary>Reads the answer of a metadata service; null when it has another form.</summary>
    public static AwsCredentials? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return Text(root, "AccessKeyId") is { } id && Text(root, "SecretAccessKey") is { } secret
                ? new AwsCredentials(id, secret, Text(root, "Token"))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The generated text of a record would print the secret.
    public override string ToString() => nameof(AwsCredentials);

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty(name, out var member)
        && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;
}
