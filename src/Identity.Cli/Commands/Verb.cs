using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary>A command's action. It returns its result, and throws <see cref="CommandFailure"/> on failure.</summary>
internal delegate Task<CommandResult> Verb(CommandContext context, CancellationToken cancel);
