using System.Net.Security;
using Culvert.Identity.Service.Http;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>The current certificates of both ports. Read at every handshake, replaced as a whole at every renewal.</summary>
internal sealed class ApiCertificate : IApiCertificate
{
    private KeyAndCertificate? api;
    private KeyAndCertificate? machine;

    public SslStreamCertificateContext Api => (Volatile.Read(ref api) ?? throw NotReady()).Context;

    public SslStreamCertificateContext Machine => (Volatile.Read(ref machine) ?? throw NotReady()).Context;

    public void UseApi(KeyAndCertificate pair) => Volatile.Write(ref api, pair);

    public void UseMachine(KeyAndCertificate pair) => Volatile.Write(ref machine, pair);

    private static InvalidOperationException NotReady() => new("A port opened before its certificate existed.");
}
