using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Api;

/// <summary>Ends a command of <c>--dry-run</c> where its first change would have been sent.</summary>
internal sealed class DryRunStop(HttpMethod method, string path, JsonObject? body)
    : Exception("nothing was sent: --dry-run")
{
    public HttpMethod Method => method;

    public string Path => path;

    public JsonObject? Body => body;
}
