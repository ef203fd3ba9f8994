using System.IO.Compression;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// What a hostile or broken identity provider answers: for <see cref="TestIdentityProvider.Script"/>, on any path.
/// Rotation is a new <see cref="TestIdentityProvider.Keys"/>; rebinding is <see cref="ScriptedHostResolver.SetEach"/>.
/// </summary>
internal static class HostileAnswers
{
    /// <summary>Bad answers to a request for keys, by name: none of them may replace good ones.</summary>
    public static readonly IReadOnlyDictionary<string, RequestDelegate> ToKeys = new Dictionary<string, RequestDelegate>
    {
        ["status-500"] = Status(500),
        ["no-content"] = Status(204),
        ["html"] = Text("<html>sign in</html>", "text/html"),
        ["html-as-json"] = Text("<html>sign in</html>"),
        ["image"] = Text("{\"keys\":[]}", "image/png"),
        ["huge"] = Text($"{{\"keys\":[],\"x\":\"{new string('x', 300 * 1024)}\"}}"),
        ["endless"] = Endless,
        ["gzip-bomb"] = GzipBomb,
        ["false-gzip"] = FalseGzip,
        ["endless-headers"] = EndlessHeaders,
        ["empty-set"] = Text("{\"keys\":[]}"),
        ["too-many-keys"] = Text($"{{\"keys\":[{string.Join(',', Enumerable.Repeat("{}", 101))}]}}"),
        ["trailing-garbage"] = Text("{\"keys\":[]} x"),
        ["duplicate-member"] = Text("{\"keys\":[],\"keys\":[]}"),
        ["deep"] = Text(new string('[', 10_000)),
        ["broken-off"] = BrokenOff,
        ["symmetric"] = Text("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"rsa-1\",\"k\":\"AAAA\"}]}"),
    };

    public static RequestDelegate Status(int status) =>
        http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        };

    public static RequestDelegate Text(string text, string type = "application/json") =>
        http =>
        {
            http.Response.ContentType = type;
            return http.Response.WriteAsync(text);
        };

    public static RequestDelegate Redirect(int status, string location) =>
        http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = location;
            return Task.CompletedTask;
        };

    /// <summary>Takes the request, tells, and never answers.</summary>
    public static RequestDelegate Silent(TaskCompletionSource asked) =>
        async http =>
        {
            asked.TrySetResult();
            try
            {
                await Never.RespondAsync(http.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // The other side gave up, which is what was wanted.
            }
        };

    private static async Task Endless(HttpContext http)
    {
        var blanks = new byte[64 * 1024];
        try
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(blanks, http.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // No client reads a gigabyte.
        }
    }

    // 20 MB of nothing in some 20 kB.
    private static async Task GzipBomb(HttpContext http)
    {
        http.Response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest);
        for (var i = 0; i < 20; i++)
        {
            await gzip.WriteAsync(new byte[1024 * 1024]);
        }
    }

    private static Task FalseGzip(HttpContext http)
    {
        http.Response.Headers.ContentEncoding = "gzip";
        return http.Response.WriteAsync("{\"keys\":[]}");
    }

    private static Task EndlessHeaders(HttpContext http)
    {
        for (var i = 0; i < 1000; i++)
        {
            http.Response.Headers[$"x-{i}"] = new string('x', 100);
        }

        return http.Response.WriteAsync("{\"keys\":[]}");
    }

    private static async Task BrokenOff(HttpContext http)
    {
        http.Response.ContentLength = 1000;
        await http.Response.WriteAsync("{\"keys\":[");
        http.Abort();
    }
}
