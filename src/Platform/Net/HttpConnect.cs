namespace Culvert.Platform.Net;

/// <summary>
/// Opens the connection of an HTTP client. For https requests it must not be an
/// <see cref="System.Net.Security.SslStream"/>, because the client does TLS.
/// </summary>
public delegate ValueTask<Stream> HttpConnect(
    SocketsHttpConnectionContext context,
    CancellationToken cancellationToken
);
