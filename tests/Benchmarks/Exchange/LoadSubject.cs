using System.Globalization;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Exchange;

/// <summary>A server that is measured and compared with others.</summary>
/// <param name="Port">On this machine.</param>
/// <param name="Pid">Whose processor time counts.</param>
/// <param name="MakeAsync">Makes so many requests that it has not had yet.</param>
/// <param name="Reuse">Whether a request may be sent again; to the service each goes once.</param>
/// <param name="Health">Port of its metrics; null = it has none.</param>
internal sealed record LoadSubject(
    int Port,
    int Pid,
    Func<int, CancellationToken, Task<RequestFile>> MakeAsync,
    bool Reuse,
    int? Health = null
)
{
    private const string Allocated = "dotnet_gc_heap_total_allocated_bytes_total ";

    /// <summary>Bytes that the server has allocated since it started; 0 when it has no metrics.</summary>
    public async Task<long> AllocatedAsync(CancellationToken cancellationToken)
    {
        if (Health is null)
        {
            return 0;
        }

        using var http = new HttpClient();
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Health}/metrics");
        var line = (await http.GetStringAsync(new Uri(url), cancellationToken))
            .Split('\n')
            .First(line => line.StartsWith(Allocated, StringComparison.Ordinal));
        return long.Parse(line[Allocated.Length..], NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
