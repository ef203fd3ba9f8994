using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Security.Cryptography;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;
using Microsoft.IdentityModel.Logging;

namespace Culvert.Jose.Tests.Keys;

/// <summary>What the library writes into its event source, which any listener of the process may turn on.</summary>
public sealed class LibraryLogTests
{
    [Fact]
    public void Log_AtEveryLevel_HasNeitherKeysNorTokens()
    {
        using var log = new LibraryLog();
        using var key = SigningKey.Create();
        var token = Encoding.ASCII.GetString(CompactSigner.Sign(key, """{"alg":"ES256"}""", "{\"sub\":\"canary\"}"u8));
        var pkcs8 = key.ExportPkcs8();
        using var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(pkcs8, out _);
        var d = pair.ExportParameters(includePrivateParameters: true).D!;

        Use(key, token);

        log.Lines.ShouldContain(line => line.Contains("IDX", StringComparison.Ordinal), "the listener hears nothing");
        var all = string.Join('\n', log.Lines);
        foreach (
            var part in token.Split('.').Append(OffCurve).Append(TokenForge.Encode(d)).Append(TokenForge.Encode(pkcs8))
        )
        {
            all.ShouldNotContain(part);
        }
    }

    [Fact]
    public void PersonalData_IsOff()
    {
        IdentityModelEventSource.ShowPII.ShouldBeFalse();
        IdentityModelEventSource.LogCompleteSecurityArtifact.ShouldBeFalse();
    }

    private static string OffCurve { get; } = TokenForge.Encode([.. Enumerable.Repeat((byte)0x5A, 32)]);

    /// <summary>A token that verifies, one that does not, a point off its curve, and a signer that is closed.</summary>
    private static void Use(SigningKey key, string token)
    {
        CompactJws.TryParse(Encoding.ASCII.GetBytes(token), out var jws).ShouldBe(JoseRefusal.None);
        jws!.Verify(key.ToVerificationKey(), JwsAlgorithms.All).ShouldBe(JoseRefusal.None);
        using var other = SigningKey.Create();
        jws.Verify(other.ToVerificationKey(), JwsAlgorithms.All).ShouldBe(JoseRefusal.SignatureInvalid);

        var keys = $$"""{"keys":[{"kty":"EC","crv":"P-256","x":"{{OffCurve}}","y":"{{OffCurve}}"}]}""";
        JwkSet.TryParse(Encoding.ASCII.GetBytes(keys), out var set).ShouldBe(JoseRefusal.None);
        set!.Dropped.ShouldHaveSingleItem().Reason.ShouldBe(JoseRefusal.KeyPoint);

        key.Dispose();
        var fault = Should.Throw<ObjectDisposedException>(() => CompactSigner.Sign(key, "{}", "{}"u8));
        fault.ToString().ShouldNotContain(token[^20..]);
    }

    private sealed class LibraryLog : EventListener
    {
        private readonly ConcurrentQueue<string> lines = new();

        public LibraryLog() => EnableEvents(IdentityModelEventSource.Logger, EventLevel.Verbose, EventKeywords.All);

        public IReadOnlyCollection<string> Lines => lines;

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            lines.Enqueue(string.Join(' ', eventData.Payload ?? []));
    }
}
