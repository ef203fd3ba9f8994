using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Api;

/// <summary>Stops a command with <c>--dry-run</c> before it sends its first change.</summary>
internal sealed class DryRunStop(HttpMethod method, string path, JsonObject? body)
    : Exception("nothing was sent: --dry-run")
{
    public HttpMethod Method => method;

    public string Path => path;

    public JsonObject? Body => body;
}
