using System.Text.Json;

namespace Culvert.Identity.Service.Console;

/// <summary>A form: one operation of the API. Where it was refused, its page is shown again with the reason.</summary>
/// <param name="Path">Where it is sent.</param>
/// <param name="Operation">The API's path template; parts of it are parts of <paramref name="Path"/>.</param>
/// <param name="Fields">What of the form goes into the request.</param>
internal sealed record ConsoleAction(string Path, string Operation, params IReadOnlyList<FormField> Fields)
{
    /// <summary>Of the operation. The form itself is always sent by POST.</summary>
    public string Method { get; init; } = HttpMethods.Post;

    /// <summary>Where the person is sent afterwards; null = to the page that it belongs to.</summary>
    public Func<JsonElement, string>? Next { get; init; }

    /// <summary>The answer is shown, not only that there was one.</summary>
    public bool ShowsResult { get; init; }

    /// <summary>No request body: the operation takes none.</summary>
    public bool IsBodyless { get; init; }
}
