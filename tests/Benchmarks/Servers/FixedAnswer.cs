using Microsoft.AspNetCore.Http;

namespace Culvert.Benchmarks.Servers;

internal static class FixedAnswer
{
    /// <summary>Reads the whole body, as any server must, and answers the same bytes every time.</summary>
    public static async Task WriteAsync(HttpContext context, byte[] answer, CancellationToken cancellationToken)
    {
        bool complete;
        do
        {
            var read = await context.Request.BodyReader.ReadAsync(cancellationToken);
            complete = read.IsCompleted;
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        } while (!complete);

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, cancellationToken);
    }
}
