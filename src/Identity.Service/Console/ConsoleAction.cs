using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console;

/// <summary>A form that calls one API operation. If it is refused, its page is shown again with the reason.</summary>
/// <param name="Path">The form's target path.</param>
/// <param name="Operation">Its path parameters come from <paramref name="Path"/>.</param>
internal sealed record ConsoleAction(string Path, Operation Operation, params IReadOnlyList<FormField> Fields)
{
    /// <summary>The redirect after success; null = to the form's page.</summary>
    public Func<JsonElement, string>? Next { get; init; }

    public bool ShowsResult { get; init; }

    public bool IsBodyless { get; init; }
}
