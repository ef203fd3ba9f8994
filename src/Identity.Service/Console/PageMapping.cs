using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console;

/// <summary>Maps a page and its forms.</summary>
internal static class PageMapping
{
    public static void MapPage<TPage>(
        this ApiHost host,
        ConsoleEndpoints console,
        string path,
        params IReadOnlyList<ConsoleAction> actions
    )
        where TPage : ConsolePage
    {
        host.Page(HttpMethods.Get, path, http => console.ShowAsync(typeof(TPage), http));
        foreach (var action in actions)
        {
            host.Page(HttpMethods.Post, action.Path, http => console.ActAsync(typeof(TPage), path, action, http));
        }
    }
}
