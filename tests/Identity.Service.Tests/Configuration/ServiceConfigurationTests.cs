using Shouldly;

namespace Culvert.Identity.Service.Tests.Configuration;

public sealed class ServiceConfigurationTests
{
    [Fact]
    public void Read_Minimal_HasTheDocumentedDefaults()
    {
        var options = WrittenConfiguration.Load(WrittenConfiguration.Minimal).Settings.ShouldNotBeNull().Options;

        options.TrustDomain.ShouldBe("identity.example.com");
        options.NodeId.ShouldBe(0);
        options.NodeName.ShouldBe("");
        options.ApiListen.Single().ToString().ShouldBe("[::]:8443");
        options.HealthListen.Single().ToString().ShouldBe("127.0.0.1:8445");
        options.Storage.DiskReserveBytes.ShouldBe(256L * 1024 * 1024);
        options.Certificates.SingleApproval.ShouldBeFalse();
        options.Tunnels.PerOrganization.ShouldBe(10);
        options.Limits.ExchangePerAddress.ShouldBe(new(50, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Read_SealingKeyNotThereYet_IsNoError() =>
        WrittenConfiguration
            .Load(WrittenConfiguration.Minimal)
            .Settings.ShouldNotBeNull()
            .Options.SealingKey.File.ShouldEndWith("/sealing.key");

    [Theory]
    [InlineData("public_url: https://identity.example.com:8443/", "public_url")]
    [InlineData("public_url: http://identity.example.com:8443", "public_url")]
    [InlineData("public_url: https://Identity.example.com:8443", "public_url")]
    [InlineData("public_url: https://identity.example.com:443", "public_url")]
    [InlineData("public_url: https://identity.example.com:8443/x", "public_url")]
    [InlineData("trust_domain: UPPER", "trust_domain")]
    [InlineData("api: {tls: {certificate_file: a.pem}}", "api.tls.key_file")]
    [InlineData("api: {trusted_proxies: [10.0.0.1/8]}", "api.trusted_proxies")]
    [InlineData("machine: {trusted_proxies: [10.0.0.0/8]}", "machine.trusted_proxies")]
    [InlineData("api: {proxy_protocol: {required: true}}", "api.proxy_protocol.trusted_proxies")]
    [InlineData("api: {proxy_protocol: {trusted_proxies: [10.0.0.0/8]}}", "api.proxy_protocol.required")]
    [InlineData("machine: {proxy_protocol: {required: true}}", "machine.proxy_protocol.trusted_proxies")]
    [InlineData("node: {id: 128}", "node.id")]
    [InlineData("storage: {type: postgres}", "storage.postgres.connection")]
    [InlineData("node: {name: Node_1}", "node.name")]
    [InlineData("certificates: {server_life: 4s}", "certificates.server_life")]
    [InlineData("certificates: {server_life: 48h, server_life_max: 24h}", "certificates.server_life")]
    [InlineData("certificates: {approval: nobody}", "certificates.approval")]
    [InlineData("certificates: {crl_shards: 3}", "certificates.crl_shards")]
    [InlineData("certificates: {crl_url: \"ftp://x\"}", "certificates.crl_url")]
    [InlineData("certificates: {crl_address: never}", "certificates.crl_address")]
    [InlineData("certificates: {ocsp_url: \"ftp://x\"}", "certificates.ocsp_url")]
    [InlineData("certificates: {ocsp_address: sometimes}", "certificates.ocsp_address")]
    [InlineData("certificates: {ocsp_life: 9m}", "certificates.ocsp_life")]
    [InlineData("certificates: {ocsp_life: 13h}", "certificates.ocsp_life")]
    [InlineData("notices: {days: [0]}", "notices.days")]
    [InlineData("mail: {from: a@example.com}", "mail.host")]
    [InlineData("mail: {host: relay, recipient_domains: [example.com]}", "mail.from")]
    [InlineData("mail: {host: relay, from: 'A <a@example.com>', recipient_domains: [example.com]}", "mail.from")]
    [InlineData("mail: {host: relay, from: a@example.com}", "mail.recipient_domains")]
    [InlineData("mail: {host: relay, from: a@example.com, recipient_domains: ['*']}", "mail.recipient_domains")]
    [InlineData("mail: {host: relay, from: a@example.com, recipient_domains: [b.c], username: u}", "mail.password")]
    [InlineData(
        "mail: {host: relay, from: a@example.com, recipient_domains: [b.c], password: secret}",
        "mail.password"
    )]
    [InlineData("mail: {tls: none}", "mail.tls")]
    [InlineData("mail: {per_minute: 0}", "mail.per_minute")]
    [InlineData("mail: {per_minute: 61}", "mail.per_minute")]
    [InlineData("tunnels: {domain_suffix: '*.example.com'}", "tunnels.domain_suffix")]
    [InlineData("tunnels: {default_client_ranges: [10.0.0.1/8]}", "tunnels.default_client_ranges")]
    [InlineData("agents: {live_for: 45s}", "agents.live_for")]
    [InlineData("agents: {feed_wait_max: 200s}", "agents.live_for")]
    [InlineData("federation: {leeway: 61s}", "federation.leeway")]
    [InlineData("federation: {replay_mode: off}", "federation.replay_mode")]
    [InlineData("sign_in: {issuer: http://x, client_id: c, roles: {viewer: [a]}}", "sign_in.issuer")]
    [InlineData("sign_in: {issuer: https://x, roles: {viewer: [a]}}", "sign_in.client_id")]
    [InlineData("sign_in: {issuer: https://x, client_id: c}", "sign_in.roles")]
    [InlineData("sign_in: {issuer: https://x, client_id: c, roles: {owner: [a]}}", "sign_in.roles")]
    [InlineData(
        "sign_in: {issuer: https://x, client_id: c, roles: {viewer: [a]}, algorithms: [HS256]}",
        "sign_in.algorithms"
    )]
    [InlineData("authorization: {enabled: true}", "authorization.enabled")]
    [InlineData("authorization: {dynamic_registration: {enabled: true}}", "authorization.dynamic_registration.enabled")]
    [InlineData(
        "authorization: {dynamic_registration: {redirect_hosts: ['*']}}",
        "authorization.dynamic_registration.redirect_hosts"
    )]
    [InlineData(
        "authorization: {dynamic_registration: {redirect_hosts: ['https://client.example.com']}}",
        "authorization.dynamic_registration.redirect_hosts"
    )]
    [InlineData(
        "authorization: {dynamic_registration: {redirect_hosts: [127.0.0.1]}}",
        "authorization.dynamic_registration.redirect_hosts"
    )]
    [InlineData(
        "authorization: {dynamic_registration: {max_clients: 0}}",
        "authorization.dynamic_registration.max_clients"
    )]
    [InlineData(
        "authorization: {dynamic_registration: {max_clients: 100001}}",
        "authorization.dynamic_registration.max_clients"
    )]
    [InlineData(
        "authorization: {dynamic_registration: {unused_after: 23h}}",
        "authorization.dynamic_registration.unused_after"
    )]
    [InlineData("sign_in: {client_id: c}", "sign_in.issuer")]
    [InlineData("sign_in: {client_secret: plain-secret}", "sign_in.client_secret")]
    [InlineData("sign_in: {session: 25h}", "sign_in.session")]
    [InlineData("audit: {export: [otlp]}", "audit.export")]
    [InlineData("audit: {retention: 29d}", "audit.retention")]
    [InlineData("audit: {retention: 60d}", "before the history that is read from it")]
    [InlineData("federation: {history_retention: 401d}", "audit.retention")]
    [InlineData("limits: {signing_queue: 0}", "limits.signing_queue")]
    [InlineData("certificates: {blocked_keys_file: /nowhere/keys.txt}", "certificates.blocked_keys_file")]
    [InlineData("keys: {sealing_key: plain-secret}", "keys.sealing_key")]
    [InlineData("keys: {sealing_key: file:sealing.key, token_signing: {publish_before: 24h}}", "publish_before")]
    [InlineData("keys: {sealing_key: file:sealing.key, token_signing: {rotate_every: 25h}}", "publish_before")]
    [InlineData("keys: {sealing_key: file:sealing.key, token_signing: {store: pkcs11}}", "token_signing.store")]
    [InlineData("keys: {sealing_key: file:sealing.key, pkcs11: {module: /m.so, token: t}}", "keys.pkcs11.pin")]
    [InlineData("tunels: {}", "tunels")]
    public void Read_BadKey_IsNamed(string line, string key)
    {
        var name = line[..line.IndexOf(':', StringComparison.Ordinal)];
        var kept = WrittenConfiguration
            .Minimal.Split('\n')
            .Where(l => !l.StartsWith(name + ":", StringComparison.Ordinal));

        var result = WrittenConfiguration.Load(string.Join('\n', kept.Append(line)));

        result.IsValid.ShouldBeFalse();
        result.Errors.ShouldContain(error => error.ToString().Contains(key, StringComparison.Ordinal));
        result.Errors.ShouldAllBe(error => !error.ToString().Contains("plain-secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "{dynamic_registration: {enabled: true}}",
        "Clients register at the authorization server, which is not enabled.",
        "Set authorization.enabled to true, or authorization.dynamic_registration.enabled to false."
    )]
    [InlineData(
        "{dynamic_registration: {redirect_hosts: ['*']}}",
        "The value must be a list of at most 256 hosts in lower case.",
        "Write hosts, or *.example.com for all names below a domain: [client.example.com]."
    )]
    public void Read_BadRegistration_SaysWhyAndWhatToWrite(string section, string message, string remedy)
    {
        var error = WrittenConfiguration
            .Load($"{WrittenConfiguration.Minimal}\nauthorization: {section}")
            .Errors.ShouldHaveSingleItem();

        (error.Message, error.Remedy).ShouldBe((message, remedy));
    }

    [Fact]
    public void Read_Registration_IsOffByDefault_AndKept()
    {
        WrittenConfiguration
            .Load(WrittenConfiguration.Minimal)
            .Settings.ShouldNotBeNull()
            .Options.OAuthClients.Registration.Enabled.ShouldBeFalse();

        var registration = WrittenConfiguration
            .Load(
                WrittenConfiguration.Minimal
                    + "\nsign_in: {issuer: https://idp.example.com, client_id: c, roles: {viewer: [a]}}"
                    + "\nauthorization: {enabled: true, dynamic_registration: {enabled: true, redirect_hosts: "
                    + "[client.example.com, '*.example.org'], max_clients: 5, unused_after: 7d}}"
            )
            .Settings.ShouldNotBeNull()
            .Options.OAuthClients.Registration;

        registration.RedirectHosts.ShouldBe(["client.example.com", "*.example.org"]);
        (registration.Enabled, registration.MaxClients, registration.UnusedAfter).ShouldBe(
            (true, 5, TimeSpan.FromDays(7))
        );
    }

    [Fact]
    public void Read_SigningConnectorByCommand_IsKept() =>
        WrittenConfiguration
            .Load(WrittenConfiguration.Minimal + "\ncertificates: {signing_connector: {command: [/opt/sign, now]}}")
            .Settings.ShouldNotBeNull()
            .Options.Certificates.SigningCommand.ShouldBe(["/opt/sign", "now"]);

    [Fact]
    public void Read_ManyFaults_AreReportedAtOnce() =>
        WrittenConfiguration
            .Load("config_version: 2\npublic_url: x\nkeys: {}\ntunels: {}")
            .Errors.Count.ShouldBeGreaterThanOrEqualTo(5);
}
