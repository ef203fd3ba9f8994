using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Exchange;

/// <summary>A server that is measured and compared with others.</summary>
/// <param name="Port">On this machine.</param>
/// <param name="Pid">Whose processor time counts.</param>
/// <param name="MakeAsync">Makes so many requests that it has not had yet.</param>
/// <param name="Reuse">Whether a request may be sent again; to the service each goes once.</param>
internal sealed record LoadSubject(
    int Port,
    int Pid,
    Func<int, CancellationToken, Task<RequestFile>> MakeAsync,
    bool Reuse
);
