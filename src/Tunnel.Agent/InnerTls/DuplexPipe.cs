using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.InnerTls;

internal sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
