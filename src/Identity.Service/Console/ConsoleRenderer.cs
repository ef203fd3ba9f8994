using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Culvert.Identity.Service.Console;

/// <summary>Renders a complete page on the server: no circuit, no script, no second request.</summary>
internal sealed class ConsoleRenderer(IServiceProvider services, ILoggerFactory loggers)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// A page's exception is thrown from here, before any byte was sent. A page may name another page instead.
    /// </summary>
    public async Task WriteAsync(Type page, ConsoleRequest request, int status)
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var parameters = ParameterView.FromDictionary(
            new Dictionary<string, object?> { [nameof(ConsolePage.Request)] = request }
        );
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync(page, parameters);
            return root.ToHtmlString();
        });

        var http = request.Http;
        if (request.Elsewhere is { } path)
        {
            ConsoleEndpoints.Redirect(http, path);
            return;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Utf8.GetMaxByteCount(html.Length));
        try
        {
            var length = Utf8.GetBytes(html, bytes);
            http.Response.StatusCode = request.Failure?.Code.Status ?? status;
            http.Response.ContentType = "text/html; charset=utf-8";
            http.Response.ContentLength = length;
            await http.Response.Body.WriteAsync(bytes.AsMemory(0, length), http.RequestAborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
