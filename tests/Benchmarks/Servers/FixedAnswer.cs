using Microsoft.AspNetCore.Http;

namespace Culvert.Benchmarks.Servers;

internal static class FixedAnswer
{
    /// <summary>Reads the whole body, as any server must, and answers the same bytes every time.</summary>
    public static async Task WriteAsync(HttpContext context, byte[] answer, CancellationToken cancellationToken)
    {
        while (await context.Request.BodyReader.ReadAsync(cancellationToken) is { IsCompleted: false } read)
        {
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, cancellationToken);
    }
}
