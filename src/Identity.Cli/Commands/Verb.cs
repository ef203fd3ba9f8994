using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary>What a command does. It returns what it found or made, and throws <see cref="CommandFailure"/> when it cannot.</summary>
internal delegate Task<CommandResult> Verb(CommandContext context, CancellationToken cancel);
