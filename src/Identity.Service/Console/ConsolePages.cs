using System.Text.Json;
using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Shared;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console;

/// <summary>Every page and form of the console; each capability has a file.</summary>
internal sealed class ConsolePages(ApiHost host, ConsoleEndpoints console)
{
    public const string Reason = "reason";

    private readonly FilterForms filters = new(console, host.Services.GetRequiredService<SavedFilters>());

    public void Map()
    {
        Page<OverviewPage>(ConsoleEndpoints.Home);
        this.MapTunnels();
        this.MapAuthorities();
        this.MapCertificates();
        this.MapFederation();
        this.MapConnections();
        this.MapRecords();
    }

    /// <param name="actions">Its forms: if one is refused or shows a result, this page is shown.</param>
    public void Page<TPage>(string path, params IReadOnlyList<ConsoleAction> actions)
        where TPage : ConsolePage
    {
        host.Page(HttpMethods.Get, path, http => console.ShowAsync(typeof(TPage), http));
        foreach (var action in actions)
        {
            host.Page(HttpMethods.Post, action.Path, http => console.ActAsync(typeof(TPage), path, action, http));
        }
    }

    /// <summary>
    /// Like <see cref="Page{TPage}(string, IReadOnlyList{ConsoleAction})"/>, with filters that can be saved.
    /// </summary>
    public void Page<TPage>(FilteredPage page, params IReadOnlyList<ConsoleAction> actions)
        where TPage : ConsolePage
    {
        Page<TPage>(page.Path, actions);
        host.Page(HttpMethods.Post, page.FiltersPath, http => filters.SaveAsync(typeof(TPage), page, http));
        host.Page(HttpMethods.Post, page.ForgetPath, http => filters.ForgetAsync(typeof(TPage), page, http));
    }

    /// <summary>The page of the object that a form created.</summary>
    public static string ToPath(string resource, JsonElement made) =>
        $"/console/{resource}/{Uri.EscapeDataString(made.Text("id") ?? "")}";
}
