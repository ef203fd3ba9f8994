using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Platform.Certificates;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Certificates;

public sealed class CertificateTextTests
{
    private const string Blocks = "sed -n '/^-----BEGIN /,/^-----END /p'";
    private static readonly TestPki Pki = new();

    public static TheoryData<string, string> Files() =>
        new()
        {
            { Encoding.UTF8.GetString(Pki.Root.RawData), "openssl x509 -inform DER -in FILE" },
            { Encoding.Latin1.GetString(Pki.Root.RawData), "openssl x509 -inform DER -in FILE" },
            { Encoding.UTF8.GetString(Bag()), $"openssl pkcs7 -inform DER -print_certs -in FILE | {Blocks}" },
            { PemEncoding.WriteString("PKCS7", Bag()), $"openssl pkcs7 -print_certs -in FILE | {Blocks}" },
            { PemEncoding.WriteString("CERTIFICATE", Bag()), $"openssl pkcs7 -print_certs -in FILE | {Blocks}" },
            {
                Encoding.UTF8.GetString(Pki.Root.Export(X509ContentType.Pkcs12)!),
                $"openssl pkcs12 -nokeys -in FILE | {Blocks}"
            },
            { PemEncoding.WriteString("X509 CERTIFICATE", Pki.Root.RawData), "openssl x509 -in FILE" },
            { PemEncoding.WriteString("TRUSTED CERTIFICATE", Pki.Root.RawData), "openssl x509 -in FILE" },
            { "Bag Attributes\n    friendlyName: a\n" + Pki.RootPem, $"{Blocks} FILE" },
            { Pki.RootPem + "\nsubject=CN = b\n" + Pki.ChainPem, $"{Blocks} FILE" },
            { Pki.RootPem + "an explanation\n", $"{Blocks} FILE" },
            { Convert.ToBase64String(Pki.Root.RawData), "openssl base64 -d -in FILE | openssl x509 -inform DER" },
        };

    [Theory]
    [MemberData(nameof(Files), DisableDiscoveryEnumeration = true)]
    public void Explain_AnotherForm_GivesTheCommandThatWritesPem(string file, string command) =>
        CertificateText.Explain(file).ShouldNotBeNull().Command.ShouldBe(command);

    public static TheoryData<string> NothingToExplain() =>
        [
            "",
            "an explanation",
            Pki.RootPem,
            "\uFEFF" + Pki.RootPem + "\r\n" + Pki.ChainPem,
            "text\n" + PemEncoding.WriteString("PRIVATE KEY", [0x30, 0x03, 0x02, 0x01, 0x00]),
            "-----BEGIN CERTIFICATE-----\nMII\n",
        ];

    [Theory]
    [MemberData(nameof(NothingToExplain), DisableDiscoveryEnumeration = true)]
    public void Explain_CertificatesOrUnknown_SaysNothing(string file) => CertificateText.Explain(file).ShouldBeNull();

    private static byte[] Bag()
    {
        X509Certificate2Collection certificates = [Pki.Root, Pki.Issuing];
        return certificates.Export(X509ContentType.Pkcs7)!;
    }
}
