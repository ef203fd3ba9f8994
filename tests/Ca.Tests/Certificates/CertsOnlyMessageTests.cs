using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Certificates;

public sealed class CertsOnlyMessageTests
{
    // As openssl packs it: it shares nothing with our reader.
    private static readonly byte[] Good = Message(2);

    [Fact]
    public void TryRead_WhatOthersWrote_GivesTheCertificates()
    {
        IReadOnlyList<ParsedCertificate> read = CertsOnlyMessage.TryRead(Good).ShouldNotBeNull();

        read.Select(certificate => certificate.Subject.CommonNames[0]).Order().ShouldBe(["member 0", "member 1"]);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(CertsOnlyMessage.MaxCertificates, true)]
    [InlineData(CertsOnlyMessage.MaxCertificates + 1, false)]
    public void TryRead_NumberOfCertificates_IsBounded(int count, bool accepted) =>
        (CertsOnlyMessage.TryRead(Message(count)) is not null).ShouldBe(accepted);

    [Fact]
    public void TryRead_IndefiniteLengthOutside_IsTaken()
    {
        // As older servers write it (X.690 §8.1.3.6).
        int header = Good[1] < 0x80 ? 2 : 2 + (Good[1] & 0x7f);
        byte[] indefinite = [0x30, 0x80, .. Good.AsSpan(header), 0, 0];

        CertsOnlyMessage.TryRead(indefinite).ShouldNotBeNull().Count.ShouldBe(2);
    }

    [Fact]
    public void TryRead_TrailingBytesOrTooFew_IsNothing()
    {
        CertsOnlyMessage.TryRead((byte[])[.. Good, 0]).ShouldBeNull();
        CertsOnlyMessage.TryRead(ReadOnlyMemory<byte>.Empty).ShouldBeNull();
        CertsOnlyMessage.TryRead(Good.AsMemory(0, Good.Length - 1)).ShouldBeNull();
    }

    [Fact]
    public void TryRead_AnyBytes_GivesAValueOrNull() =>
        Prop.ForAll<byte[]>(bytes => CertsOnlyMessage.TryRead(bytes) is null or { Count: > 0 }).CheckSeeded();

    [Fact]
    public void TryRead_OneOctetChanged_GivesAValueOrNull()
    {
        byte[] flips = [0x01, 0x20, 0x80, 0xff];
        for (int i = 0; i < Good.Length; i++)
        {
            foreach (byte flip in flips)
            {
                byte[] broken = [.. Good];
                broken[i] ^= flip;
                (CertsOnlyMessage.TryRead(broken) is null or { Count: > 0 }).ShouldBeTrue();
            }
        }
    }

    private static byte[] Message(int count)
    {
        using var openssl = Process.Start(
            new ProcessStartInfo("openssl", "crl2pkcs7 -nocrl -certfile /dev/stdin -outform DER")
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        for (int i = 0; i < count; i++)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN=member {i}", key, HashAlgorithmName.SHA256);
            using X509Certificate2 member = request.CreateSelfSigned(
                DateTimeOffset.UnixEpoch,
                DateTimeOffset.UnixEpoch.AddYears(100)
            );
            openssl.StandardInput.WriteLine(member.ExportCertificatePem());
        }

        openssl.StandardInput.Close();
        using var message = new MemoryStream();
        openssl.StandardOutput.BaseStream.CopyTo(message);
        openssl.WaitForExit();
        return message.ToArray();
    }
}
