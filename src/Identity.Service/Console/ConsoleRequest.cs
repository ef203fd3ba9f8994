using System.Text.Json;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console;

/// <summary>What a page knows of the request that it answers. Public, because the compiler makes pages public.</summary>
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

    /// <summary>For the hidden field of every form.</summary>
    internal string FormToken { get; }

    /// <summary>Null on the page where one signs in.</summary>
    internal ConsolePrincipal? Principal { get; init; }

    /// <summary>With <see cref="Principal"/>.</summary>
    internal ConsoleApi Api
    {
        get => field ?? throw new InvalidOperationException("You are not signed in.");
        init;
    }

    /// <summary>What was sent, if this answers a form.</summary>
    internal IFormCollection? Form { get; init; }

    /// <summary>Why the form was refused, or the page cannot be shown.</summary>
    internal Refusal? Failure { get; set; }

    /// <summary>There is nothing to show but the failure.</summary>
    internal bool IsMissing { get; set; }

    /// <summary>Where the person is sent instead of being shown the page; null = the page is shown.</summary>
    internal string? Elsewhere { get; set; }

    /// <summary>What the form's operation answered, where the page shows that.</summary>
    internal JsonElement? Result { get; init; }

    internal string RequestId => RequestIdentity.Of(Http);

    internal string Path => Http.Request.Path.Value ?? "/";

    /// <summary>Where the page is: not <see cref="Path"/> when this answers a form.</summary>
    internal string PagePath
    {
        get => field ?? Path;
        init;
    }

    internal string Route(string name) => (string?)Http.Request.RouteValues[name] ?? "";

    internal string? Query(string name) => Http.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>This form was refused or shows a result, and its page is shown again.</summary>
    /// <param name="action">Where the form is sent.</param>
    internal bool WasSent(string action) => Form is not null && Path == action;

    /// <summary>What a field showed when its form was sent; else what it shows first.</summary>
    /// <param name="name">The field.</param>
    /// <param name="first">What it shows when the page is opened, and when another form of the page was sent.</param>
    /// <param name="action">Where the field's form is sent; required on a page with more than one form.</param>
    internal string? Field(string name, string? first = null, string? action = null) =>
        Form is null || (action is not null && !WasSent(action)) ? first : Form[name].ToString();

    internal bool May(string operation) => Api.May(operation);
}
