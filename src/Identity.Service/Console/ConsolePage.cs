using System.Text.Json;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Shared;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Servers.Policies;
using Culvert.Identity.Service.Tunnels;
using Microsoft.AspNetCore.Components;

namespace Culvert.Identity.Service.Console;

/// <summary>A page: it loads its data, then is rendered once. Public, because the compiler makes pages public.</summary>
public abstract class ConsolePage : ComponentBase
{
    [Parameter]
    [EditorRequired]
    public ConsoleRequest Request { get; set; } = null!;

    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await LoadAsync();
        StateHasChanged();
    }

    protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <summary>Loads optional content: empty for a person who may not see it.</summary>
    private protected async ValueTask<JsonElement> SeeAsync(
        Operation operation,
        params (string Name, string? Value)[] values
    )
    {
        if (!Request.May(operation))
        {
            return default;
        }

        var answer = await Request.Api.GetAsync(operation, values);
        Request.Failure ??= answer.Refusal;
        return answer.Document;
    }

    /// <summary>
    /// Names by id. Objects beyond the first hundred, or that this session may not list, are missing: the page shows their
    /// ids.
    /// </summary>
    private protected async ValueTask<Dictionary<string, string>> NamesAsync(
        Operation operation,
        string member,
        params (string Name, string? Value)[] values
    )
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in (await SeeAsync(operation, values)).Items("data"))
        {
            if (item.Text("id") is { } id && item.Text(member) is { Length: > 0 } name)
            {
                names[id] = name;
            }
        }

        return names;
    }

    /// <summary>Names of tunnels by id, newest first; the domain if a tunnel has no name.</summary>
    private protected async ValueTask<Dictionary<string, string>> TunnelNamesAsync(bool includeArchived)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var list = await SeeAsync(
            TunnelOperations.List,
            ("limit", "1000"),
            ("include_archived", includeArchived ? "true" : null)
        );
        foreach (var tunnel in list.Items("data"))
        {
            names[tunnel.Text("id") ?? ""] = tunnel.Text("display_name") ?? tunnel.Text("domain") ?? "";
        }

        return names;
    }

    /// <summary>Names by id of admin keys, and of the people that keys and this session name.</summary>
    private protected async ValueTask<Dictionary<string, string>> PeopleAsync()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in (await SeeAsync(AdminOperations.ListKeys)).Items("data"))
        {
            Add(key.Text("id"), key.Text("name"));
            Add(key.Text("person"), key.Member("owner")?.Text("subject"));
        }

        if (Request.Principal is { Session.AdminKeyId: null } person)
        {
            names[person.Caller.ActorId] = person.Session.Name;
        }

        return names;

        void Add(string? id, string? name)
        {
            if (id is not null && name is { Length: > 0 })
            {
                names[id] = name;
            }
        }
    }

    private protected ValueTask<IReadOnlyList<SavedFilter>> FiltersAsync(FilteredPage page) =>
        Request
            .Http.RequestServices.GetRequiredService<SavedFilters>()
            .ListAsync(Request.Principal!.Caller, page, Request.Http.RequestAborted);

    /// <summary>The active version of a route's policy, with its text; empty if there is none.</summary>
    private protected async ValueTask<JsonElement> FindActivePolicyAsync(string tunnelId, string hostname)
    {
        var list = await SeeAsync(
            PolicyOperations.List,
            ("tunnel_id", tunnelId),
            ("hostname", hostname),
            ("state", "active")
        );
        return list.Items("data") is [var active]
            ? await SeeAsync(PolicyOperations.Get, ("tunnel_id", tunnelId), ("policy_id", active.Text("id")))
            : default;
    }

    /// <summary>The page requires this document: a refusal becomes the page's.</summary>
    private protected JsonElement Require(ConsoleAnswer answer)
    {
        if (answer.Refusal is { } refusal)
        {
            // A form's refusal has precedence: its sender must read it.
            Request.Failure ??= refusal;
            Request.IsMissing = true;
        }

        return answer.Document;
    }
}
