using System.Text.Json;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console;

/// <summary>The request that a page answers. Public, because the compiler makes pages public.</summary>
public sealed class ConsoleRequest
{
    internal ConsoleRequest(HttpContext http, ConsoleSettings settings, DateTimeOffset now, string formToken)
    {
        Http = http;
        Settings = settings;
        Now = now;
        FormToken = formToken;
    }

    internal HttpContext Http { get; }

    internal ConsoleSettings Settings { get; }

    internal DateTimeOffset Now { get; }

    /// <summary>The value of every form's hidden field.</summary>
    internal string FormToken { get; }

    internal ConsolePrincipal? Principal { get; init; }

    /// <summary>Requires <see cref="Principal"/>.</summary>
    internal ConsoleApi Api
    {
        get => field ?? throw new InvalidOperationException("You are not signed in.");
        init;
    }

    internal IFormCollection? Form { get; init; }

    /// <summary>Why the form was refused, or the page cannot be shown.</summary>
    internal Refusal? Failure { get; set; }

    /// <summary>Whether only the failure can be shown.</summary>
    internal bool IsMissing { get; set; }

    /// <summary>A redirect instead of the page; null = the page is shown.</summary>
    internal string? Elsewhere { get; set; }

    /// <summary>The answer of the form's operation, if the page shows it.</summary>
    internal JsonElement? Result { get; init; }

    internal string RequestId => RequestIdentity.Get(Http);

    internal string Path => Http.Request.Path.Value ?? "/";

    /// <summary>The path of the page; differs from <see cref="Path"/> if this answers a form.</summary>
    internal string PagePath
    {
        get => field ?? Path;
        init;
    }

    internal string Route(string name) => (string?)Http.Request.RouteValues[name] ?? "";

    internal string? Query(string name) => Http.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    /// <param name="action">The form's target path.</param>
    internal bool WasSent(string action) => Form is not null && Path == action;

    /// <summary>The value that a field had when its form was sent, or its initial value.</summary>
    /// <param name="action">The target path of the field's form; required on a page with several forms.</param>
    internal string? Field(string name, string? first = null, string? action = null) =>
        Form is null || (action is not null && !WasSent(action)) ? first : Form[name].ToString();

    internal bool May(Operation operation) => Api.May(operation);
}
