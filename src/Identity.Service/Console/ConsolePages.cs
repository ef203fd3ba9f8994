using System.Text.Json;
using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Shared;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console;

/// <summary>Every page and every form of the console; each capability has a file of its own.</summary>
internal sealed class ConsolePages(ApiHost host, ConsoleEndpoints console)
{
    /// <summary>The field with why something is done.</summary>
    public const string Reason = "reason";

    private readonly FilterForms filters = new(console, host.Services.GetRequiredService<SavedFilters>());

    public void Map()
    {
        Page<OverviewPage>(ConsoleEndpoints.Home);
        this.MapTunnels();
        this.MapAuthorities();
        this.MapCertificates();
        this.MapFederation();
        this.MapRecords();
    }

    /// <param name="path">Of the page.</param>
    /// <param name="actions">Its forms: where one is refused or shows a result, this page is shown.</param>
    public void Page<TPage>(string path, params IReadOnlyList<ConsoleAction> actions)
        where TPage : ConsolePage
    {
        host.Page(HttpMethods.Get, path, http => console.ShowAsync(typeof(TPage), http));
        foreach (var action in actions)
        {
            host.Page(HttpMethods.Post, action.Path, http => console.ActAsync(typeof(TPage), path, action, http));
        }
    }

    /// <summary>As <see cref="Page{TPage}(string, IReadOnlyList{ConsoleAction})"/>, and its filters can be kept.</summary>
    public void Page<TPage>(FilteredPage page, params IReadOnlyList<ConsoleAction> actions)
        where TPage : ConsolePage
    {
        Page<TPage>(page.Path, actions);
        host.Page(HttpMethods.Post, page.KeepPath, http => filters.KeepAsync(typeof(TPage), page, http));
        host.Page(HttpMethods.Post, page.ForgetPath, http => filters.ForgetAsync(typeof(TPage), page, http));
    }

    /// <summary>The page of what a form has made.</summary>
    public static string ToPath(string resource, JsonElement made) =>
        $"/console/{resource}/{Uri.EscapeDataString(made.Text("id") ?? "")}";
}
