using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class LimitSection
{
    public static LimitOptions Read(ConfigSection limits)
    {
        var exchange = limits.Rate("exchange_per_address", new Rate(50, TimeSpan.FromSeconds(1)));
        var total = limits.Rate("exchange_total", new Rate(20_000, TimeSpan.FromSeconds(1)));
        var subject = limits.Rate("exchange_per_subject", new Rate(600, TimeSpan.FromMinutes(1)));
        var issuer = limits.Rate("exchange_per_issuer", new Rate(5_000, TimeSpan.FromSeconds(1)));
        var history = limits.Rate("history_per_address", new Rate(10, TimeSpan.FromSeconds(1)));
        var lists = limits.Rate("lists_per_address", new Rate(50, TimeSpan.FromSeconds(1)));
        var listsTotal = limits.Rate("lists_total", new Rate(2_000, TimeSpan.FromSeconds(1)));
        var ocspTotal = limits.Rate("ocsp_total", new Rate(2_000, TimeSpan.FromSeconds(1)));
        var ocspSignatures = limits.Rate("ocsp_signatures", new Rate(500, TimeSpan.FromSeconds(1)));
        var perIdentity = limits.Rate("certificates_per_identity", new Rate(60, TimeSpan.FromMinutes(1)));
        var perTunnel = limits.Rate("certificates_per_tunnel", new Rate(1_000, TimeSpan.FromMinutes(1)));
        var perAuthority = limits.Rate("certificates_per_authority", new Rate(5_000, TimeSpan.FromSeconds(1)));
        var costly = limits.Rate("costly_per_caller", new Rate(30, TimeSpan.FromMinutes(1)));
        var newConnections = limits.Rate("new_connections_per_address", new Rate(500, TimeSpan.FromSeconds(1)));
        return new LimitOptions
        {
            ExchangePerAddress = new RateLimit(exchange.Count, exchange.Per),
            ExchangeTotal = new RateLimit(total.Count, total.Per),
            ExchangePerSubject = new RateLimit(subject.Count, subject.Per),
            ExchangePerIssuer = new RateLimit(issuer.Count, issuer.Per),
            HistoryPerAddress = new RateLimit(history.Count, history.Per),
            ListsPerAddress = new RateLimit(lists.Count, lists.Per),
            ListsTotal = new RateLimit(listsTotal.Count, listsTotal.Per),
            OcspTotal = new RateLimit(ocspTotal.Count, ocspTotal.Per),
            OcspSignatures = new RateLimit(ocspSignatures.Count, ocspSignatures.Per),
            CertificatesPerIdentity = new RateLimit(perIdentity.Count, perIdentity.Per),
            CertificatesPerTunnel = new RateLimit(perTunnel.Count, perTunnel.Per),
            CertificatesPerAuthority = new RateLimit(perAuthority.Count, perAuthority.Per),
            SigningQueue = limits.Int("signing_queue", 256, 1, 100_000),
            CostlyPerCaller = new RateLimit(costly.Count, costly.Per),
            ApiConnections = limits.Int("api_connections", 0, 0, 1_000_000),
            MachineConnections = limits.Int("machine_connections", 0, 0, 1_000_000),
            ConnectionsPerAddress = limits.Int("connections_per_address", 0, 0, 1_000_000),
            HandshakesPerAddress = limits.Int("handshakes_per_address", 256, 1, 1_000_000),
            NewConnectionsPerAddress = new RateLimit(newConnections.Count, newConnections.Per),
            BodyBytes = (int)limits.Size("body_bytes", RequestBody.MaxBytes, 64 * 1024, RequestBody.MaxBytes),
        };
    }
}
