using System.Text.Json;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Short ways to look into an answer.</summary>
internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }

    /// <summary><c>error.details.error_code</c>, or the <c>error_code</c> of an answer to a directory.</summary>
    public static async Task<string?> ErrorCodeAsync(this HttpResponseMessage response)
    {
        var body = await response.JsonAsync();
        var details = body.TryGetProperty("error", out var error) ? error.GetProperty("details") : body;
        return details.GetProperty("error_code").GetString();
    }

    /// <summary>A member that must be a string.</summary>
    public static string Text(this JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new InvalidOperationException($"{name} is null.");

    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;
}
