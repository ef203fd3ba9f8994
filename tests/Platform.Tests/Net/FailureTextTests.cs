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
            .Of(new HttpRequestException("outer", new SocketException((int)SocketError.ConnectionRefused)))
            .ShouldBe("Connection refused");

    [Fact]
    public void Of_TlsAlert_HasNeitherLayersNorRoutines() =>
        FailureText
            .Of(
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
            .Of(
                new HttpRequestException(
                    "The SSL connection could not be established, see inner exception.",
                    new IOException("Received an unexpected EOF or 0 bytes from the transport stream.")
                )
            )
            .ShouldBe("The peer closed the connection during the TLS handshake.");

    [Fact]
    public void Of_CertificateRefused_KeepsTheReason() =>
        FailureText
            .Of(
                new HttpRequestException(
                    "outer",
                    new AuthenticationException("The remote certificate was rejected: PartialChain")
                )
            )
            .ShouldBe("The remote certificate was rejected: PartialChain");
}
