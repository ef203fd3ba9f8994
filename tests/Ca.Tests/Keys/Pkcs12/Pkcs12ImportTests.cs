using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs12;
using Culvert.Ca.Refusals;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Keys.Pkcs12;

/// <summary>Reference row 45. The files are OpenSSL's, but for those that OpenSSL refuses to make.</summary>
public sealed class Pkcs12ImportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("")]
    [InlineData("-iter 600000")]
    [InlineData("-keypbe AES-128-CBC -certpbe AES-128-CBC")]
    [InlineData("-certpbe NONE")]
    public void Read_OneProtectedKey_IsTheKey(string options)
    {
        using IssuerKey key = Pkcs12Import.Read(Export(options), "secret").Value.ShouldNotBeNull();

        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(PathOf("ca.pem"));
        key.PublicKey.Encoded.ToArray().ShouldBe(certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    [Theory]
    [InlineData("-keypbe PBE-SHA1-3DES", "ca.pkcs12")]
    [InlineData("-certpbe PBE-SHA1-3DES", "ca.pkcs12")]
    [InlineData("-keypbe NONE", "ca.pkcs12")]
    [InlineData("-nomac", "ca.pkcs12")]
    [InlineData("-nokeys", "ca.pkcs12")]
    [InlineData("-legacy -certpbe PBE-SHA1-RC2-40", "ca.pkcs12")]
    public void Read_WhatIsNotAccepted_HasItsCode(string options, string code) =>
        Pkcs12Import.Read(Export(options), "secret").Refusal.ShouldNotBeNull().Code.Code.ShouldBe(code);

    // With another password the refusal would be of the password, had the costly derivation been done.
    [Fact]
    public void Read_DerivationThatCostsTooMuch_IsRefusedBeforeItIsDone()
    {
        byte[] file = Export("-iter 1000001");

        Pkcs12Import.Read(file, "secret").Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.CaKdfCost);
        Pkcs12Import.Read(file, "another").Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.CaKdfCost);
    }

    [Fact]
    public void Read_WrongPassword_SaysNothingOfThePassword()
    {
        CaRefusal refusal = Pkcs12Import.Read(Export(""), "hunter2-hunter2").Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe(CaErrorCodes.CaPkcs12);
        refusal.Message.ShouldNotContain("hunter2-hunter2");
    }

    [Fact]
    public void Read_SeveralKeys_AreRefused()
    {
        using ECDsa one = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa two = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 first = SelfSigned(one);
        using X509Certificate2 second = SelfSigned(two);
        byte[] file = new X509Certificate2Collection { first, second }.ExportPkcs12(
            Pkcs12ExportPbeParameters.Pbes2Aes256Sha256,
            "secret"
        )!;

        Pkcs12Import.Read(file, "secret").Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.CaPkcs12);
    }

    [Fact]
    public void Read_TooLarge_IsNotLookedAt() =>
        Pkcs12Import
            .Read(new byte[Pkcs12Import.MaxBytes + 1], "")
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.RequestTooLarge);

    [Fact]
    public void Read_AnyBytes_GiveAKeyOrARefusal() =>
        Prop.ForAll<byte[], int, byte>(
                (bytes, position, value) =>
                {
                    Pkcs12Import.Read(bytes, "").Refusal.ShouldNotBeNull();
                    byte[] damaged = [.. Good.Value];
                    damaged[(int)((uint)position % damaged.Length)] ^= value;
                    Pkcs12Import.Read(damaged, "secret").Value?.Dispose();
                }
            )
            .CheckSeeded();

    public void Dispose() => folder.Dispose();

    private static readonly Lazy<byte[]> Good = new(() =>
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = SelfSigned(key);
        return certificate.ExportPkcs12(
            new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10),
            "secret"
        );
    });

    private static X509Certificate2 SelfSigned(ECDsa key) =>
        new CertificateRequest("CN=CA", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100)
        );

    private string PathOf(string name) => Path.Combine(folder.Path, name);

    private byte[] Export(string options)
    {
        OpenSsl(
            $"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {PathOf("ca.key")} -subj /CN=CA "
                + $"-out {PathOf("ca.pem")}"
        );
        OpenSsl(
            $"pkcs12 -export -inkey {PathOf("ca.key")} -in {PathOf("ca.pem")} -passout pass:secret {options} "
                + $"-out {PathOf("ca.p12")}"
        );
        return File.ReadAllBytes(PathOf("ca.p12"));
    }

    private static void OpenSsl(string arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("openssl", arguments) { RedirectStandardError = true, RedirectStandardOutput = true }
        )!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors);
    }
}
