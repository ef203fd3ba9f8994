using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Benchmarks.Load;

/// <param name="ConnectTo">Where the name is taken to live.</param>
/// <param name="Host">TLS server name and <c>Host</c>.</param>
/// <param name="Roots">The only roots that are trusted.</param>
internal sealed record LoadTarget(IPEndPoint ConnectTo, string Host, X509Certificate2Collection Roots);
