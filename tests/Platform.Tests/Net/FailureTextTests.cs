using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Culvert.Platform.Net;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

public sealed class FailureTextTests
{
    [Fact]
    public void Of_RefusedConnection_IsTheSocketsWord() =>
        FailureText
            .Describe(new HttpRequestException("outer", new SocketException((int)SocketError.ConnectionRefused)))
            .ShouldBe("Connection refused");

    [Fact]
    public void Of_TlsAlert_HasNeitherLayersNorRoutines() =>
        FailureText
            .Describe(
                new HttpRequestException(
                    "The SSL connection could not be established, see inner exception.",
                    new AuthenticationException(
                        "Authentication failed, see inner exception.",
                        new CryptographicException("error:0A000438:SSL routines::tlsv1 alert internal error")
                    )
                )
            )
            .ShouldBe("The TLS handshake failed: tlsv1 alert internal error");

    [Fact]
    public void Of_EndInTheHandshake_SaysWhoEndedIt() =>
        FailureText
            .Describe(
                new HttpRequestException(
                    "The SSL connection could not be established, see inner exception.",
                    new IOException("Received an unexpected EOF or 0 bytes from the transport stream.")
                )
            )
            .ShouldBe("The peer closed the connection during the TLS handshake.");

    [Theory]
    [InlineData(
        "The remote certificate is invalid because of errors in the certificate chain: NotTimeValid",
        "The server's certificate has expired, or is not valid yet."
    )]
    [InlineData(
        "The remote certificate is invalid because of errors in the certificate chain: NotTimeValid, PartialChain",
        "The server's certificate has expired, or is not valid yet."
    )]
    [InlineData(
        "The remote certificate is invalid because of errors in the certificate chain: PartialChain",
        "The server's certificate is not issued by a trusted CA."
    )]
    [InlineData(
        "The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch",
        "The server's certificate is for another name."
    )]
    [InlineData(
        "The remote certificate was rejected by the provided RemoteCertificateValidationCallback.",
        "The server's certificate is not trusted."
    )]
    [InlineData("Received an alert.", "Received an alert.")]
    public void Of_CertificateRefused_SaysWhyInWords(string message, string expected) =>
        FailureText
            .Describe(new HttpRequestException("outer", new AuthenticationException(message)))
            .ShouldBe(expected);

    [Theory]
    [InlineData(SocketError.ConnectionRefused, ConnectCause.Refused)]
    [InlineData(SocketError.TimedOut, ConnectCause.Silent)]
    [InlineData(SocketError.HostNotFound, ConnectCause.Unresolved)]
    [InlineData(SocketError.NetworkUnreachable, ConnectCause.Unreachable)]
    [InlineData(SocketError.AddressNotAvailable, ConnectCause.Other)]
    public void Cause_OfASocketError_IsToldApart(SocketError error, ConnectCause expected) =>
        ConnectCauses.Find(new HttpRequestException("outer", new SocketException((int)error))).ShouldBe(expected);

    [Fact]
    public void Cause_OfATimeLimit_IsSilence() =>
        ConnectCauses.Find(new OperationCanceledException()).ShouldBe(ConnectCause.Silent);
}
