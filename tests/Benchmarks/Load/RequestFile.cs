namespace Culvert.Benchmarks.Load;

/// <summary>Complete HTTP/1.1 requests of one length each, one behind the other, taken in order and never twice.</summary>
internal sealed class RequestFile(string path, int requestBytes, int count)
{
    private int used;

    public string Path => path;

    public int RequestBytes => requestBytes;

    public int Count => count;

    /// <summary>The next part of at most so many requests: where it starts, and how many there are.</summary>
    public (int First, int Count) Take(int wanted)
    {
        var part = (used, Math.Min(wanted, count - used));
        used += part.Item2;
        return part;
    }

    public static async Task<RequestFile> WriteAsync(
        string path,
        IReadOnlyList<ReadOnlyMemory<byte>> requests,
        CancellationToken cancellationToken
    )
    {
        var bytes = requests[0].Length;
        await using var file = File.Create(path, 1024 * 1024);
        foreach (var request in requests)
        {
            if (request.Length != bytes)
            {
                throw new InvalidOperationException("The requests of a load differ in length.");
            }

            await file.WriteAsync(request, cancellationToken);
        }

        return new RequestFile(path, bytes, requests.Count);
    }
}
